"""What other libraries call our parameters and scores, and how it is done here."""

from imblearn_bbfl._names import fold, invert_names, suggest

_NAMES_OF = {
    "augmentation": "augment augmentations augmenter data_augmentation transform transforms",
    "backbone": "arch architecture base_estimator base_model encoder estimator model model_name "
    "net network pretrained_model",
    "batch_size": "batch bs minibatch_size",
    "callbacks": "callback",
    "class_order": "categories class_names order ordering",
    "class_weight": "class_weights cost_sensitive cw pos_weight scale_pos_weight weight_mode",
    "dropout": "drop_rate dropout_rate p_dropout",
    "effective_beta": "beta",
    "epochs": "epoch iterations max_epochs max_iter n_epoch n_epochs n_iter nb_epoch nb_epochs "
    "num_epochs num_train_epochs",
    "gamma": "focal_gamma focusing focusing_parameter",
    "alpha": "focal_alpha",
    "head_epochs": "freeze freeze_backbone freeze_epochs warmup_epochs",
    "head_units": "dense_units fc_units hidden_layer_sizes hidden_units units",
    "head_weight_decay": "kernel_regularizer l2 regularization weight_decay",
    "image_size": "crop_size image_shape img_shape img_size imgsz input_shape input_size "
    "resize shape size target_size",
    "learning_rate": "eta learning_rate_init lr base_lr initial_learning_rate",
    "learning_rate_factor": "lr_factor",
    "learning_rate_patience": "lr_patience",
    "learning_rate_schedule": "decay lr_decay lr_schedule lr_scheduler schedule scheduler",
    "loss": "criterion loss_fn loss_function objective",
    "mixup": "cutmix mixup_alpha",
    "monitor": "eval_metric metric metrics scorer scoring",
    "optimizer": "opt optim solver",
    "patience": "early_stop early_stopping early_stopping_patience early_stopping_rounds "
    "n_iter_no_change",
    "preprocessing": "normalize preprocess preprocess_input rescale rescaling scale scaling",
    "random_state": "random_seed rng seed",
    "sampling": "balance balanced batch_sampler over_sampling oversample oversampling resample "
    "resampler resampling sampler sampling_strategy under_sampling undersampling",
    "target_prior": "class_prior class_priors prior priors",
    "test_time_augmentation": "tta",
    "thresholding": "cutoff decision_threshold threshold threshold_moving thresholds",
    "validation_fraction": "dev_size test_size val_fraction val_frac val_size val_split "
    "validation_size validation_split",
    "weights": "initial_weights pretrained pretrained_weights use_pretrained",
    "workers": "n_jobs n_workers num_workers",
}
NAMES_ELSEWHERE = invert_names(_NAMES_OF)
"""Folded names of other libraries -> parameters of ours."""

_WAYS = {
    "batchnorm batch_norm": "batch_norm_statistics says what becomes of batch normalization.",
    "cuda device gpu": "Keras computes on the GPU that its backend sees, if there is one.",
    "classes n_class n_classes nb_classes num_classes": "fit finds the classes in y.",
    "fine_tune freeze_layers trainable": "epochs=0 trains the head alone, on the frozen backbone.",
    "include_top": "The head is always that of the classes in y.",
    "label_smoothing smoothing": "mixup softens labels, and so does targets='ordinal'.",
    "momentum": "Pass optimizer='sgd', optimizer__momentum=0.9.",
    "pool pooling": "Feature maps are averaged; feature_layers says which.",
    "shuffle": "Rows are shuffled in each epoch; random_state makes that repeatable.",
}
OTHER_WAYS = {fold(name): way for names, way in _WAYS.items() for name in names.split()}
"""Folded names of other libraries -> how it is done here, where no parameter does it."""


def find_way(name, known, other_ways) -> str:
    """Say what to use in the place of a parameter that there is not.

    Parameters
    ----------
    name : str
        As it was given.
    known : iterable of str
        The parameters that there are.
    other_ways : dict of str to str
        Folded names, and what to do where there is no such parameter.

    Returns
    -------
    way : str
        The end of a message, with a blank before it; empty if nothing is like that name.
    """
    way = other_ways.get(fold(name))
    return f" {way}" if way else suggest(name, known, elsewhere=NAMES_ELSEWHERE)
