"""A plugin for pytest, `-p replaced`: fastvenv is in the place of `venv` before anything else is imported."""

import fastvenv

fastvenv.replace_stdlib()
