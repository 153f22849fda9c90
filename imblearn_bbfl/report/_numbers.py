"""Numbers as a page tells them: a blank that does not break stands before the sign."""


def tell_percent(share):
    """Return a share in percent, with a digit more where it is small."""
    return f"{100 * share:.1f}\u00a0%" if share < 0.0995 else tell_whole_percent(share)


def tell_whole_percent(share):
    """Return a share in whole percent."""
    return f"{100 * share:.0f}\u00a0%"


def tell_interval(share):
    """Return the ends of the interval of a `Share` in percent."""
    return f"{100 * share.low:.0f} to {100 * share.high:.0f}\u00a0%"
