"""ImageSignerInfo: a program that signs images."""

ImageSignerInfo = provider(
    doc = "A program that signs images when they are pushed.",
    fields = {
        "env": "list of string: `NAME=VALUE`, or `NAME` for a variable of the host.",
        "program": "File: the executable, which needs no arguments.",
        "runfiles": "runfiles: of the program.",
    },
)
