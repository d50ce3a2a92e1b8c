#!/usr/bin/env bash
# What a label set is worth to a finished LM: a planner for each, and with the LM kept as it is an adapter that begins at zero.
#   FROM=folder/of/the/model ./compare_sets.sh none-128 acts-128 none-1024
# Sets are named by space and count (label_sets.py). WORK holds what relabel.sh made for that model. Some fifteen minutes a set on two CPU cores.
set -euo pipefail
cd "$(dirname "$0")"
FROM=${FROM:?the folder of the model}
WORK=${WORK:-work/relabelled}
PYTHON=${PYTHON:-python3}
SETS=$WORK/sets
tok=$FROM/tokenizer.json
export OMP_WAIT_POLICY=PASSIVE

[ -e "$SETS/lm.pt" ] || "$PYTHON" reuse.py --model "$FROM" --out "$SETS" --parts lm
for set in "$@"; do
  own=(--config "$SETS/$set/config.json" --labels "$SETS/$set" --tokenizer "$tok")
  [ -e "$SETS/$set/planner.pt" ] || "$PYTHON" label_sets.py --config "$FROM/config.json" --data "$WORK/labels.npz" --embeddings "$WORK/labels.npy" \
    --valid "$WORK/valid.npz" --valid-embeddings "$WORK/valid.npy" --spaces "${set%-*}" --counts "${set#*-}" --epochs 1 --keep "$SETS" --out "$SETS/sets.jsonl"
  "$PYTHON" joint.py "${own[@]}" --data "$WORK/late.npz" --embeddings "$WORK/late.npy" --lm "$SETS/lm.pt" --planner "$SETS/$set/planner.pt" --keep-lm \
    --row soft-joint --oracle 0.5 --seed 3 --steps 50 --micro-tokens 4096 --unfreeze 0.02 --planner-lr 1e-4 --out "$SETS/$set/row.pt"
  "$PYTHON" evaluate.py "${own[@]}" --data "$WORK/test.npz" --embeddings "$WORK/test.npy" --rows "$SETS/$set/row.pt" --tokens 60000 --out "$SETS/$set/table.json"
done
