"""What every model's folder is: a manifest, and graphs in ONNX that never run code of their own.

Models of attributes (`segue.attributes`) and embedders (`segue.embedding`) share this: reading and
checking a folder that may come from anywhere, and running its graphs on one thread of the CPU.
"""
