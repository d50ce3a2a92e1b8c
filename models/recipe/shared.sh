# Sourced by make.sh, base.sh and relabel.sh.
# The extension's own splitter is needed later: better to know now that it runs.
node units.mjs < /dev/null || { echo "Run npm ci in the project's folder first." >&2; exit 1; }

joint() { # joint NAME …: a joint stage on the documents of that name
  local name=$1
  shift
  "$PYTHON" joint.py --config "$CONFIG" --data "$WORK/$name.npz" --embeddings "$WORK/$name.npy" --labels "$WORK/labels" --tokenizer "$tok" "$@"
}
