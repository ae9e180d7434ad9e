"""django-hordak, measured on the same cluster by processes of an environment of its own.

The product's environment never has it: ``environment`` installs it, hashed, below the data folder; ``client`` and
``settings`` run there and know nothing of the product.
"""
