#!/usr/bin/env bash
# Gives a finished model an encoder that is tuned on acts, and labels made with it: how the bundled model came to those it has.
#   CORPUS=path/to/corpus FROM=folder/of/the/model ROW=work/shipped.pt ./relabel.sh
# FROM is a model whose encoder was not tuned so yet (the bundled one was, before the commit that brought this file), ROW what joint.py wrote when that model was made (base.sh). Two hours and a half on two
# CPU cores. A long step whose output exists is not repeated. Names follow by reading: worksheets.py, names.py.
set -euo pipefail
cd "$(dirname "$0")"
CORPUS=${CORPUS:?the folder of the corpus}
FROM=${FROM:?the folder of the model}
ROW=${ROW:?what joint.py wrote when it was made}
WORK=${WORK:-work/relabelled}
PYTHON=${PYTHON:-python3}
CONFIG=$FROM/config.json
tok=$FROM/tokenizer.json
for input in "$ROW" "$CONFIG" "$FROM/replay.jsonl"; do
  [ -e "$input" ] || { echo "There is no $input." >&2; exit 1; }
done
export OMP_WAIT_POLICY=PASSIVE
source ./shared.sh

[ -e "$WORK/earlier/encoder.pt" ] || "$PYTHON" reuse.py --model "$FROM" --out "$WORK/earlier" --parts encoder labels
dataset() { # dataset NAME SPLIT SKIP DOCUMENTS: units and tokens
  [ -e "$WORK/$1.npz" ] || "$PYTHON" dataset.py --corpus "$CORPUS" --tokenizer "$tok" --split "$2" --skip "$3" --documents "$4" --out "$WORK/$1.npz"
}
embed() { # embed NAME ENCODER OUT
  [ -e "$3" ] || "$PYTHON" distil.py embed --config "$CONFIG" --encoder "$2" --data "$WORK/$1.npz" --out "$3"
}
dataset labels train 0 2500
dataset plan train 0 16000
dataset last train 29748 2200
dataset late train 18500 2600
dataset valid valid 0 500
dataset test test 0 100000

[ -e "$WORK/encoder.pt" ] || "$PYTHON" act_encoder.py --epochs 4 --config "$CONFIG" --encoder "$WORK/earlier/encoder.pt" --data "$WORK/labels.npz" --out "$WORK/encoder.pt"
for name in labels plan last late valid test; do embed $name "$WORK/encoder.pt" "$WORK/$name.npy"; done
embed labels "$WORK/earlier/encoder.pt" "$WORK/earlier/labels.npy"
units=(--config "$CONFIG" --data "$WORK/labels.npz" --embeddings "$WORK/labels.npy")
valid=(--valid "$WORK/valid.npz" --valid-embeddings "$WORK/valid.npy")
[ -e "$WORK/labels/labels.json" ] || "$PYTHON" labels.py "${units[@]}" "${valid[@]}" --earlier-labels "$WORK/earlier/labels" --earlier-embeddings "$WORK/earlier/labels.npy" \
  --tokenizer "$tok" --corpus "$CORPUS" --out "$WORK/labels"
[ -e "$WORK/planner.pt" ] || "$PYTHON" planner.py --config "$CONFIG" --epochs 2 --data "$WORK/plan.npz" --embeddings "$WORK/plan.npy" "${valid[@]}" --labels "$WORK/labels" --out "$WORK/planner.pt"
[ -e "$WORK/start.pt" ] || "$PYTHON" carry_over.py "${units[@]}" --row "$ROW" --planner "$WORK/planner.pt" --earlier-labels "$WORK/earlier/labels" \
  --earlier-embeddings "$WORK/earlier/labels.npy" --labels "$WORK/labels" --out "$WORK/start.pt"
soft=(--row soft-joint --micro-tokens 4096 --unfreeze 0.02 --planner-lr 1e-4)
# On the documents of base.sh's last stage, which this planner has not read.
[ -e "$WORK/joined.pt" ] || joint last "${soft[@]}" --start "$WORK/start.pt" --oracle 0.4 --seed 2 --steps 64 --muon-lr 0.002 --adam-lr 3e-4 --out "$WORK/joined.pt"
# The LM as the mean of before and after is better than either.
[ -e "$WORK/mean.pt" ] || "$PYTHON" average.py --rows "$WORK/joined.pt" "$ROW" --out "$WORK/mean.pt"
# What the adapter knows of these labels it has from few tokens so far. On documents that neither this planner nor the long joint stage has read, which the LM knows too well.
[ -e "$WORK/shipped.pt" ] || joint late "${soft[@]}" --start "$WORK/mean.pt" --keep-lm --oracle 0.5 --seed 3 --steps 260 --out "$WORK/shipped.pt"
[ -e "$WORK/table.json" ] || "$PYTHON" evaluate.py --config "$CONFIG" --data "$WORK/test.npz" --embeddings "$WORK/test.npy" --labels "$WORK/labels" --tokenizer "$tok" --rows "$WORK/shipped.pt" --tokens 250000 --out "$WORK/table.json"
mkdir -p "$WORK/model" && cp "$FROM/replay.jsonl" "$WORK/model/"
"$PYTHON" export.py --config "$CONFIG" --tokenizer "$tok" --labels "$WORK/labels" --encoder "$WORK/encoder.pt" --row "$WORK/shipped.pt" --limit-megabytes 60 --out "$WORK/model"
