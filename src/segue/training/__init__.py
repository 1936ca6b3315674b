"""Makes models: searching, fitting, and writing them down so that serving needs none of this.

Only here is anything fitted that takes more than a formula, and only here do scikit-learn, XGBoost
and Optuna appear. Needs the extra ``train``.
"""
