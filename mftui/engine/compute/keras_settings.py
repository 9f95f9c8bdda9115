"""What Keras and TensorFlow read from the environment, for processes in which only mftui uses them."""

from __future__ import annotations

import os

OWN_KERAS = {"KERAS_BACKEND": "tensorflow", "KERAS_HOME": os.devnull, "TF_USE_LEGACY_KERAS": "0"}
"""Other programs may want another backend, another Keras, or other types (in keras.json): mftui's processes do not."""
