"""The outline of a Dockerfile: only what determines the action graph.

Bazel cannot read a file in analysis, and the action graph depends on the
Dockerfile. So a repository rule reads it in the loading phase, in Starlark. The
actions parse each instruction with the C++ parser, and a validation action
verifies that parser and outline agree.
"""

load(":heredoc.bzl", "parse_heredoc")
load(":instruction_text.bzl", "escape_directive", "parse_instruction_text")
load(":lines.bzl", "is_continued", "logical_lines")
load(":words.bzl", "csv_fields", "json_list", "split_blanks", "split_flags", "split_keyword")

def outline_dockerfile(text):
    """Outlines a Dockerfile.

    Never fails: the outline of malformed input has what can be recognized, and the
    validation action reports the error.

    Args:
      text: the contents of the Dockerfile, as `rctx.read` returns them.

    Returns:
      A dict that equals the JSON of `dockerfile_parse --outline_json`:
      ```
      {
          "escape": "\\",
          "global_args": [{"line": 1, "text": "ARG TAG=1\n"}],
          "stages": [{
              "index": 0, "name": "build", "line": 2,
              "base": "debian:$TAG", "platform": "",
              "text": "FROM debian:$TAG AS build\n",
              "instructions": [{
                  "keyword": "COPY", "line": 3, "text": "COPY a b/* /x/\n",
                  "from": [], "sources": ["a", "b/*"],
              }],
          }],
      }
      ```
    """
    file = logical_lines(text)
    global_args = []
    stages = []
    instructions = None
    for line in file.lines:
        keyword, rest = split_keyword(line.text)
        if keyword == "FROM":
            instructions = []
            stages.append(_stage(line, rest, len(stages), file.escape, instructions))
        elif instructions != None:
            instructions.append(_instruction(line, keyword, rest, file.escape))
        elif keyword == "ARG":
            global_args.append({"line": line.line, "text": _text(line, file.escape)})
    return {
        "escape": file.escape,
        "global_args": global_args,
        "stages": stages,
    }

def outline_trigger(trigger, line):
    """Outlines an ONBUILD trigger as the instruction that it becomes.

    Args:
      trigger: the text of the trigger, as in an image config.
      line: the line to report: that of the FROM that runs it.

    Returns:
      An instruction of an outline, None if the trigger is not exactly one.
    """
    lines = logical_lines(trigger).lines
    if len(lines) != 1:
        return None
    keyword, rest = split_keyword(lines[0].text)
    return _instruction(lines[0], keyword, rest, "\\") | {"line": line}

def onbuild_trigger(instruction):
    """Returns the trigger that an ONBUILD instruction records.

    Args:
      instruction: from an outline.
    """
    _, rest = split_keyword(parse_instruction_text(instruction["text"]).text)
    return rest

def _stage(line, rest, index, escape, instructions):
    flags, arguments = split_flags(rest, escape)
    words = split_blanks(arguments)
    named = len(words) == 3 and words[1].upper() == "AS"
    platform = [f.partition("=")[2] for f in flags if f.startswith("--platform=")]
    return {
        "index": index,
        "name": words[2].lower() if named else "",
        "line": line.line,
        "base": words[0] if words else "",
        "platform": platform[-1] if platform else "",
        "text": _text(line, escape),
        "instructions": instructions,
    }

def _instruction(line, keyword, rest, escape):
    sources = []
    from_names = []
    if keyword in ["ADD", "COPY", "RUN"]:
        flags, arguments = split_flags(rest, escape)
        if keyword == "RUN":
            mounts = [f.partition("=")[2] for f in flags if f.startswith("--mount=")]
            from_names = [m["from"] for m in [mount_fields(m) for m in mounts] if m.get("from")]
        else:
            from_names = [f[len("--from="):] for f in flags if f.startswith("--from=") and f != "--from=" and keyword == "COPY"]
            words = json_list(arguments)
            if words == None:
                words = [w for w in split_blanks(arguments)]
                sources = [w for w in words[:-1] if not parse_heredoc(w)]
            else:
                sources = words[:-1]
    return {
        "keyword": keyword,
        "line": line.line,
        "text": _text(line, escape),
        "from": from_names,
        "sources": sources,
    }

def mount_fields(mount):
    """Parses the value of a `--mount`.

    Args:
      mount: such as "type=bind,from=build".

    Returns:
      A dict of its fields, keys in lower case.
    """
    fields = {}
    for field in csv_fields(mount):
        key, _, value = field.partition("=")
        fields[key.lower()] = value
    return fields

def _text(line, escape):
    """Returns the instruction text (docs/design/0001_artifacts.md)."""
    parts = [escape_directive(escape), line.text]

    # Only at the end of the file a line can end in a continuation.
    if is_continued(line.text, escape):
        parts.append(escape)
    parts.append("\n")
    for heredoc in line.heredocs:
        parts.append(heredoc.body + heredoc.name + "\n")
    return "".join(parts)
