"""What other libraries and people call the metrics."""

from imblearn_bbfl._names import invert_names

_OF_ANY_NUMBER = {
    "accuracy": "acc accuracy_score categorical_accuracy binary_accuracy top1 "
    "sparse_categorical_accuracy",
    "balanced_accuracy": "bacc bal_acc balanced_accuracy_score uar",
    "average_precision": "ap auprc auc_pr average_precision_score map pr_auc prauc",
    "expected_calibration_error": "ece",
    "geometric_mean": "g_mean geometric_mean_score gmean",
    "kappa_quadratic": "cohen_kappa cohen_kappa_score kappa qwk quadratic_kappa "
    "quadratic_weighted_kappa",
    "matthews_corrcoef": "mcc",
    "neg_brier_score": "brier",
    "neg_log_loss": "categorical_crossentropy cross_entropy crossentropy log_loss logloss loss nll",
    "f1_macro": "macro_f1 macrof1",
    "f1_weighted": "weighted_f1",
}
_OF_TWO = {
    "f1": "dice f1_score f_score fscore",
    "jaccard": "iou jaccard_score",
    "precision": "ppv precision_score",
    "recall": "recall_score sensitivity tpr true_positive_rate",
    "roc_auc": "area_under_curve auc auroc roc roc_auc_score rocauc",
}
_OF_MANY = {
    "f1_macro": _OF_TWO["f1"] + " " + _OF_ANY_NUMBER["f1_macro"],
    "jaccard_macro": _OF_TWO["jaccard"],
    "precision_macro": _OF_TWO["precision"],
    "recall_macro": _OF_TWO["recall"],
    "roc_auc_ovr": _OF_TWO["roc_auc"],
}
NAMES_OF_TWO_CLASSES = invert_names(_OF_ANY_NUMBER | _OF_TWO)
NAMES_OF_MANY_CLASSES = invert_names(_OF_ANY_NUMBER | _OF_MANY)
"""Folded names elsewhere -> metrics that there are for so many classes."""
