"""Validates documents of CycloneDX 1.6 with the published JSON schema.

Usage: validate.py DOCUMENT...
"""

import json
import pathlib
import sys

import jsonschema


def main():
    here = pathlib.Path(__file__).parent
    schemas = {path.name: json.loads(path.read_text()) for path in here.glob("*.schema.json")}
    schema = schemas["bom-1.6.schema.json"]
    resolver = jsonschema.RefResolver(
        schema["$id"],
        schema,
        store={schema["$id"]: schema for schema in schemas.values()},
    )
    validator = jsonschema.Draft7Validator(
        schema, resolver=resolver, format_checker=jsonschema.FormatChecker()
    )
    failed = False
    for document in sys.argv[1:]:
        for error in validator.iter_errors(json.loads(pathlib.Path(document).read_text())):
            failed = True
            print(f"{document}: {error.json_path}: {error.message}")
    sys.exit(failed)


main()
