"""How a partner files through the API: an example for every body (``examples.toml``), and a work from sign-up to
certificate in the order of its steps (``tutorial.py``). The page, the OpenAPI and the Arazzo document show the same."""
