# The table as Markdown.
def digits($n): . * pow(10; $n) | round / pow(10; $n);
def seconds: if . == null then "" elif . < 0.0995 then digits(3) elif . < 9.95 then digits(2)
  else digits(1) end | tostring;
def megabytes: if . == null then "" else round | tostring end;
# Lines of at most 100 columns.
def wrapped: reduce (split(" ")[]) as $word ("";
  if . == "" then $word
  elif (split("\n")[-1] | length) + ($word | length) < 100 then . + " " + $word
  else . + "\n" + $word end);
def ratio: if . == null then "" else digits(2) | tostring end;

"On \(.machine.processors) processors (\(.machine.model)), Linux \(.machine.kernel), load",
"\(.machine.load); SHA-256 \(.machine.sha256) MB/s, memory copy \(.machine.copy) MB/s, disk write",
"\(.machine.write) MB/s. \(.machine.date); \(.machine.commit).",
"",
("Versions: \(.machine.versions)."
  + (if .missing == [] then "" else " Not installed: \(.missing | join(", "))." end) | wrapped),
"",
"| row | program | median s | minimum s | CPU s | peak MB | ours / it | |",
"| --- | --- | --- | --- | --- | --- | --- | --- |",
(. as $all | range(.rows | length) as $i | .rows[$i]
  | "| \(if $i > 0 and $all.rows[$i - 1].title == .title then "" else .title end) | \(.who)"
    + (if .role == "bound" then " (bound)" else "" end)
    + " | \(.median | seconds) | \(.minimum | seconds) | \(.cpu | seconds) | \(.memory | megabytes) | \(.ratio | ratio) | \(.note // "") |"),
(if .facts == [] then empty else
  "", "| counted | |", "| --- | --- |", (.facts[] | "| \(.title) | \(.value) |") end),
(if .failed == [] then empty else
  "", "Failed: \([.failed[] | "\(.title): \(.who)"] | join("; "))." end)
