#!/usr/bin/env bash
# How models/starter was made on two CPU cores: the LM and the encoder of an earlier starter (FROM; the model of commit 61fdbb5) gone on with, under new labels.
#   CORPUS=path/to/corpus FROM=path/to/earlier/starter ./starter.sh
# A step whose output exists is not repeated. For a model from nothing see make.sh.
set -euo pipefail
cd "$(dirname "$0")"
CORPUS=${CORPUS:?the folder of the corpus}
FROM=${FROM:?the folder of the model to go on with}
WORK=${WORK:-work}
STEPS=${STEPS:-1050}
PYTHON=${PYTHON:-python3}
CONFIG=configs/starter.json
tok=$FROM/tokenizer.json
export OMP_WAIT_POLICY=PASSIVE
# The extension's own splitter is needed later: better to know now that it runs.
node units.mjs < /dev/null || { echo "Run npm ci in the project's folder first." >&2; exit 1; }

"$PYTHON" reuse.py --model "$FROM" --out "$WORK" --parts lm encoder

dataset() { # dataset NAME SPLIT SKIP DOCUMENTS: units, tokens and embeddings
  [ -e "$WORK/$1.npz" ] || "$PYTHON" dataset.py --corpus "$CORPUS" --tokenizer "$tok" --split "$2" --skip "$3" --documents "$4" --out "$WORK/$1.npz"
  [ -e "$WORK/$1.npy" ] || "$PYTHON" distil.py embed --config "$CONFIG" --encoder "$WORK/encoder.pt" --data "$WORK/$1.npz" --out "$WORK/$1.npy" --device cpu
}
# Labels, LM and planner each learn from documents of their own.
dataset labelled train 0 2500
dataset train train 2500 9000
dataset plan train 11500 4500
dataset valid valid 0 500
dataset test test 0 100000

valid=(--valid "$WORK/valid.npz" --valid-embeddings "$WORK/valid.npy")
labelled=(--data "$WORK/labelled.npz" --embeddings "$WORK/labelled.npy")
[ -e "$WORK/labels/labels.json" ] || "$PYTHON" labels.py --config "$CONFIG" "${labelled[@]}" "${valid[@]}" --tokenizer "$tok" --corpus "$CORPUS" --out "$WORK/labels"
[ -e "$WORK/planner.pt" ] || "$PYTHON" planner.py --config "$CONFIG" --epochs 2 --data "$WORK/plan.npz" --embeddings "$WORK/plan.npy" "${valid[@]}" \
  --labels "$WORK/labels" --out "$WORK/planner.pt" --device cpu
joint=("$PYTHON" joint.py --config "$CONFIG" --data "$WORK/train.npz" --embeddings "$WORK/train.npy" --labels "$WORK/labels" --tokenizer "$tok" --row soft-joint --device cpu)
[ -e "$WORK/first.pt" ] || "${joint[@]}" --lm "$WORK/lm.pt" --planner "$WORK/planner.pt" --oracle 0.15 --steps "$STEPS" --out "$WORK/first.pt"
# Gone on with: other sequences of the same documents, more true labels, rates somewhat lower.
[ -e "$WORK/shipped.pt" ] || "${joint[@]}" --start "$WORK/first.pt" --oracle 0.4 --steps 1200 --seed 1 --unfreeze 0.02 \
  --muon-lr 0.016 --adam-lr 2.4e-3 --adapter-lr 2e-3 --out "$WORK/shipped.pt"
"$PYTHON" evaluate.py --config "$CONFIG" --data "$WORK/test.npz" --embeddings "$WORK/test.npy" --labels "$WORK/labels" --tokenizer "$tok" \
  --rows "$WORK/shipped.pt" --tokens 250000 --device cpu --out "$WORK/table.json"
"$PYTHON" export.py --config "$CONFIG" --tokenizer "$tok" --labels "$WORK/labels" --encoder "$WORK/encoder.pt" --row "$WORK/shipped.pt" --out "$WORK/model"
"$PYTHON" replay.py --corpus "$CORPUS" --model "$WORK/model"
# Names are of exactly these groups. Where a CPU rounds otherwise there may be others, which have to be read anew.
"$PYTHON" names.py --model "$WORK/model" || echo "The labels keep their key terms as names: see worksheets.py." >&2
