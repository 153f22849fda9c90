"""What the parameters of BBFLClassifier mean."""

PARAMETERS = """\
    Parameters
    ----------
    backbone : str, callable or keras.Model, default="resnet50"
        The network below the head: a name of :mod:`keras.applications` in lower case, or the
        function itself, ``"small_cnn"`` for small images, ``"mlp"`` for tables, a function that
        takes a Keras tensor, makes layers and returns features, or a built model from pixels to
        features. The layers of a model are copied with their weights for each fit, so that the
        model itself stays as it is; clones of the classifier share it. A single layer is made anew
        for each fit.
    weights : "auto", "imagenet", None, or path of a weights file, default="auto"
        What the backbone starts from. ``"auto"`` is ``"imagenet"`` for networks of
        :mod:`keras.applications`, the weights that a built model has, and ``None``, a random start,
        for networks that have no published weights.
    image_size : int, (height, width) or None, default=None
        Size in pixels to which images are resized. ``None`` keeps their own size.
    pixel_max : float or None, default=None
        The value of a white pixel, > 0, such as 4095 for images of 12 bit in arrays of uint16 or
        files of 16 bit. No pixel may be brighter, in `fit` and in `predict`. Integer images are
        then read with all their levels. ``None`` derives white from the dtype, the depth of a file
        or the range of floats, and brings integers to 8 bit.
    preprocessing : {"backbone", "minmax", None}, default="backbone"
        How pixels are scaled inside the network: as they were when the backbone's weights were
        trained ([0, 1] for ``"small_cnn"`` and for functions and models of your own, but [0, 255]
        for a model that begins by scaling pixels itself), to [0, 1] as in the paper, or not at all.
    feature_layers : "auto", "last", int or sequence of str, default="auto"
        Which feature maps the head sees, each averaged over its area, and all of them concatenated.
        ``"last"`` is the last map of the backbone. A number n takes the last n stages, that is the
        last map before each change of resolution. Early stages respond to texture and color, late
        ones to objects, and a head on three stages was ahead of one on the last wherever we tried
        both. A sequence names the layers to take. ``"auto"`` is three stages, or as many as there
        are, for a backbone with pretrained weights, and otherwise the last map.
    head_units : sequence of int, default=()
        Widths of dense layers between features and logits. There are none by default; the paper has
        (512, 256).
    dropout : float in [0, 1), default=0.5
        Share of units dropped after each of these layers.
    batch_norm_statistics : {"auto", "moving", "frozen", "reestimated"}, default="auto"
        Statistics with which batch normalization predicts: averages gathered while training, the
        pretrained ones (the layers are then not trained at all), or the mean and variance of the
        unaugmented training part, computed after training. These are exact for layers with no other
        batch normalization before them. The inputs of deeper layers are normalized batch by batch,
        as in training, in shuffled batches of at least 32 rows. ``"auto"`` is ``"frozen"`` for a
        backbone with pretrained weights and ``"moving"`` for one that starts from random ones.
    batch_norm_momentum : float in [0, 1) or None, default=0.9
        Momentum of the moving statistics; ``None`` keeps the backbone's. Keras' MobileNetV2 has
        0.999, which is too slow for a few thousand training steps.
    sampling : "batch", None or imbalanced-learn sampler, default="batch"
        Which rows a batch holds. ``"batch"``: the same number of each class. ``None``: the rows as
        they come, each of them once in an epoch. A sampler such as ``RandomOverSampler()`` draws
        anew in each epoch.
    gamma : float, default=2.0
        Focusing parameter of the focal loss, >= 0. 0 is cross-entropy; the larger gamma is, the
        less weight the loss gives to rows that the network already gets right. The paper found
        values from 0.5 to 2.5 to be the best.
    alpha : None, float, dict or array-like of shape (n_classes,), default=None
        Factor of each class inside the loss. A float in (0, 1) is the factor of the second of two
        classes, and one minus it that of the first; with more classes it is an error.
    class_weight : None, "balanced", "effective" or dict, default=None
        Factor of each class, as in scikit-learn; ``"balanced"`` is computed from the training part,
        and so is ``"effective"``, by the effective number of images (Cui et al. 2019).
    effective_beta : float in [0, 1), default=0.999
        The beta of ``class_weight="effective"``: the nearer it is to 1, the nearer the weights are
        to those of ``"balanced"``, which they equal for classes of fewer than about ``0.1 / (1 -
        effective_beta)`` images.
    tau : float, default=0.0
        Logit adjustment inside the loss, >= 0: while training, `tau` times the logarithm of a
        class's share is added to its logit, so that the network itself need not learn that the
        class is rare (Menon et al. 2021). 1 with ``sampling=None`` is balanced softmax (Ren et al.
        2020); larger values favour the rare classes more. The shares are those of the training part
        of this call, by sample weight, whatever `sampling` is.
    logit_scale : float, default=0.0
        Exponent of the VS loss, >= 0: while training, the logit of a class with n rows is
        multiplied by ``(n / n_max)**logit_scale``, so that rare classes must win by more (Kini et
        al. 2021). Two classes have one logit, that of the second, so that the scale only acts if
        the second class is the rarer one.
    margin : float, default=0.0
        Margin of the rarest class, as a difference of cosines, >= 0; a class with n rows has
        ``margin * (n_min / n)**0.25`` (LDAM, Cao et al. 2019, who use 0.5). Above 0, the logits are
        30 times the cosines between features and weights of each class; two classes have one logit,
        the difference of both. There is then no way back to a posterior, so that `target_prior` is
        an error.
    balance_from : float in [0, 1], default=0.0
        When balancing begins, as a share of `epochs`. Before epoch ``floor(balance_from * epochs)``
        of them, and in the `head_epochs` that come before, the rows are the data's own and factors
        (`alpha`, `class_weight`) do not act: deferred re-sampling and re-weighting (DRS and DRW,
        Cao et al. 2019, who use 0.8). Above 0, factors are divided by their mean over the training
        rows, so that steps are as large after balance begins as before. 0 balances from the very
        start, 1 never. `gamma`, `tau`, `logit_scale` and `margin` act throughout. Patience, of both
        kinds, and the choice of the best epoch begin with balance. With ``epochs=0`` it is a share
        of `head_epochs`. Training that is continued, as by `partial_fit`, is balanced from its
        start, unless this is 1.
    loss : keras.losses.Loss or None, default=None
        A loss of your own, which takes logits, in place of the focal loss with `gamma`, `alpha`,
        `class_weight`, `tau`, `logit_scale` and `margin`. It gets the targets that
        :mod:`imblearn_bbfl.coding` makes. Make one of Keras with ``from_logits=True``.
    target_prior : None, "uniform", "data", dict or array-like of shape (n_classes,), default=None
        The class mix that probabilities are for. Balanced batches, factors and the focal loss each
        change what a network returns; this gives back the posterior that it has learnt, exactly,
        for classes that are equally frequent (``"uniform"``), as frequent as in the training part
        (``"data"``), or as frequent as you say (shares that sum to 1, of each label or in the order
        of `classes_`). ``None`` leaves probabilities as the network was trained to return them.
    temperature : None or "fit", default=None
        ``"fit"`` calibrates probabilities by one number for all classes, `temperature_`, so that
        predictions are as certain as they turn out to be right: the logarithms of the posterior are
        divided by it before `target_prior` changes the class mix. If the loss has no way back to a
        posterior, the logarithms of what the network returns are divided instead. The temperature
        is learnt from held-out rows, as described below.
    thresholding : None, "prior", "tuned" or Decision, default=None
        How a probability becomes a label. ``None``: the most probable class. ``"prior"`` is another
        way to say ``target_prior="uniform"``. ``"tuned"`` is
        :class:`~imblearn_bbfl.decisions.TunedThresholds` with its default, macro-F1. A rule of
        :mod:`imblearn_bbfl.decisions` changes `predict` only. One that learns from rows needs some
        that were neither trained on nor used to choose the epoch: a share of `validation_fraction`,
        or a tenth, of the training part is held out for it and for `temperature` together. With
        ``epochs=0`` and without a validation part, no row is held out: five more heads, each
        trained without a fifth of the rows, predict that fifth. These outputs are kept, so that
        another rule, temperature or class mix takes effect at once when it is set after `fit`. A
        rule that is already fitted is then used as it is.
    test_time_augmentation : None, "flips" or "flips+turns", default=None
        Views of an image over which predictions are averaged. ``"flips"``: the image, its mirror
        image, and both upside down. ``"flips+turns"``: these, and all four after a quarter turn,
        for square images that have no top, such as cells or tissue. Prediction takes four or eight
        times as long. The logits are averaged rather than the probabilities: their mean is what a
        single network would return to which it does not matter how an image is turned, so that
        `target_prior` and `thresholding` apply to it as to any other network. It may be changed
        after `fit`, because it plays no part in training or in the choice of an epoch. What is
        learnt from held-out rows (`temperature`, `thresholding`) is learnt from the views set at
        that time.
    augmentation : "auto", None or ImageAugmenter, default="auto"
        Random changes to training images. ``"auto"`` mirrors images left to right and shears them a
        little, which does no harm to photographs of any kind; tables are left as they are. If up
        and down mean nothing, as under a microscope or in the eye, more flips and turns help;
        ``ImageAugmenter()`` has the paper's nine operations.
    mixup : float, default=0.0
        Mixes each row of a batch with another one, and their labels likewise, by shares drawn from
        the distribution Beta(mixup, mixup), >= 0 (Zhang et al. 2018, who use 0.2 to 1); with 0,
        nothing is mixed. It acts on the images that `sampling` and `augmentation` give in `epochs`,
        and on their features in `head_epochs`. A head that is trained anew learns from rows as they
        are. There is a way back to a posterior, and so a `target_prior`, only after such a head.
    remix : bool, default=False
        Whether the label of a mixture is that of the rarer class alone if the other class has at
        least three times as many rows, and makes up less than half of the mixture (Remix, Chou et
        al. 2020). It does nothing without `mixup`.
    targets : {"nominal", "ordinal"}, default="nominal"
        ``"ordinal"`` is for classes that are grades, such as severities: the target of a row of
        grade y is soft, with a share in proportion to ``exp(-(k - y)**2)`` for each grade k, so
        that a near miss costs less than a gross one (SORD, Díaz and Marathe 2019). There is then no
        way back to a posterior, and so no `target_prior`. With two classes there is nothing to
        order, and they are trained as with ``"nominal"``.
    class_order : array-like of shape (n_classes,) or None, default=None
        All labels from the lowest grade to the highest, such as ``["none", "mild", "severe"]``.
        Everything that depends on grades goes by it: ``targets="ordinal"``,
        ``monitor="kappa_quadratic"``, and in `thresholding` ``CostMatrix("quadratic")``. `classes_`
        and the columns of probabilities stay sorted by label. ``None`` takes sorted labels for the
        order, which is an error in these cases if labels are words, because the alphabet says
        nothing about grades.
    optimizer : str, keras optimizer class or instance, default="adam"
        Names and classes take ``optimizer__`` parameters; an instance is copied for each fit and
        brings its own learning rate.
    learning_rate : float, default=2e-4
        Step size at the start of `epochs`. Networks that start from random weights learn faster
        with 1e-3.
    head_learning_rate : float, default=1e-3
        The same for `head_epochs` and `retrain_head_epochs`, which train the head alone. An
        optimizer that brings its own learning rate or schedule starts with that in these phases as
        well.
    head_weight_decay : float, default=0.5
        Penalty on large weights of the head while it is trained alone, >= 0: a ridge penalty like
        that of :class:`sklearn.linear_model.LogisticRegression`, on standardized features. For a
        head without `head_units`, ``head_weight_decay=v`` is ``C = 1 / (v * n_features)`` there.
    batch_size : int, default=16
        Rows per training step.
    head_epochs : int >= 0 or "auto", default="auto"
        Maximum number of passes over the training part that train the head alone, before `epochs`
        train all layers. The layers below stay as they are, so the features of all images are
        computed once, without augmentation, and kept in memory; an epoch then takes a moment. With
        ``epochs=0`` this is a probe of the backbone's features, which takes seconds. ``"auto"`` is
        20 for a backbone with pretrained weights and 0 for one that starts from random ones.
        Training that is continued has no such epochs.
    epochs : int or "auto", default="auto"
        Maximum number of passes over the training part that train all layers. ``"auto"`` is 8 for a
        backbone with pretrained weights and 50 for one that starts from random ones.
    retrain_head_epochs : int, default=0
        Maximum number of passes that train the head anew after `epochs`, from random weights, on
        the features that the network has by then. Together with ``balance_from=1``, with which
        nothing is balanced before, this is cRT (classifier re-training, Kang et al. 2020).
    tau_norm : float, default=0.0
        Exponent of tau-normalization, >= 0 (Kang et al. 2020, who search in [0, 1]): after
        training, the weights of each class are divided by their length to this power, and biases
        are left out. Frequent classes tend to have longer weight vectors. 0 changes nothing. The
        weights are those of standardized features. It acts on predictions, not on `history_`, and
        leaves no way back to a posterior.
    validation_fraction : float in (0, 1) or None, default=None
        Share of the rows of each class that is held out to monitor training and to choose the best
        epoch. A class that is too small for this stays in training and is not validated; with
        `groups` in `fit`, whole groups are held out, so that the share is met as closely as they
        allow. ``None`` trains on all rows for all epochs and keeps the last epoch: with few images,
        this is better than a choice that rests on a handful of them, because the learning rate ends
        near 0.
    monitor : "loss", name of a scorer of scikit-learn, "kappa_quadratic", or scorer, default="loss"
        Score of the validation part that picks the best epoch. `history_` has it under ``"val_"``
        followed by its name, which is ``"score"`` for an object of
        :func:`sklearn.metrics.make_scorer`. Among equal scores, the lower validation loss decides;
        among equal losses, the later epoch does.
    patience : int or None, default=10
        Epochs without a better score of the validation part after which training stops. ``None``
        never stops early, and without a validation part nothing does.
    learning_rate_schedule : {"cosine", "plateau", None}, default="cosine"
        How the learning rate changes in the course of each phase. ``"cosine"``: it falls from epoch
        to epoch, to next to nothing in the last. ``"plateau"``: it is lowered when the score of the
        validation part has stalled; without a validation part it stays the same. ``None``: it never
        changes. An optimizer that brings a schedule keeps to it.
    learning_rate_patience : int or None, default=3
        Epochs without a better score after which ``"plateau"`` lowers the learning rate. ``None``:
        never.
    learning_rate_factor : float in (0, 1), default=0.5
        Factor by which it is then multiplied. The paper's value could not be recovered; this is our
        choice.
    callbacks : None, keras callback or class, or list or dict of them, default=None
        Called after our own, so that they find the validation scores in ``logs``. Each fit works on
        copies. Classes take ``callbacks__`` parameters. A callback that restores weights itself has
        the last word over `best_epoch_`. To callbacks, all phases are one training whose epochs are
        numbered through, and their ``model`` is always the whole network. One that stops the
        training stops all phases, whereas `patience` ends a phase.
    warm_start : bool, default=False
        Whether `fit` continues from the network of the last `fit`. Of the parameters that were
        changed in between, it takes over those of sampling, loss, learning rate and augmentation.
        The same data are split as in the last `fit`, whatever `random_state` is. Other data, or
        another `validation_fraction`, are split anew, with a warning that rows which were trained
        on may now be used for validation.
    workers : int, default=1
        Number of threads that read and augment batches ahead of time. It changes the speed, never
        the result.
    verbose : int, default=0
        1 shows the rows of each class, the size of the network, a progress bar and the epoch that
        was kept; 2 shows a line for each epoch in place of the bar. 0 is silent; the logger
        ``imblearn_bbfl`` has the same messages at level DEBUG.
    random_state : int, RandomState instance or None, default=None
        Seeds the initial weights, dropout, the validation part, sampling and augmentation.
    **routed
        Parameters of the parts, such as ``optimizer__beta_1=0.95``, ``backbone__alpha=0.35``,
        ``callbacks__patience=5``, ``compile__jit_compile=True``, ``fit__steps_per_epoch=100`` or
        ``predict__batch_size=64``.
"""
