"""⑤ descriptors → musical attributes: what is to be known, estimates, and predictions.

What *uses* models is here, with numpy and ONNX Runtime alone; what makes them is `segue.training`.
"""
