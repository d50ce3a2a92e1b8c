#!/usr/bin/env bash
# How the bundled model was made, before relabel.sh: everything but its labels and its encoder, which an earlier one had (FROM).
#   CORPUS=path/to/corpus FROM=../starter ./base.sh
# The last joint stage ran on two CPU cores, all else on one H200 in eleven minutes; there, minutes were what was given, and another machine does more or fewer steps in
# them. A long step whose output exists is not repeated. For a model from nothing see make.sh.
set -euo pipefail
cd "$(dirname "$0")"
CORPUS=${CORPUS:?the folder of the corpus}
FROM=${FROM:?the folder of the model whose labels and encoder are kept}
WORK=${WORK:-work}
PYTHON=${PYTHON:-python3}
CONFIG=configs/base.json
tok=$FROM/tokenizer.json
export OMP_WAIT_POLICY=PASSIVE
source ./shared.sh

"$PYTHON" reuse.py --model "$FROM" --out "$WORK" --parts encoder labels
for split in train valid; do
  [ -e "$WORK/shards/$split-general-0.bin" ] || "$PYTHON" shards.py --corpus "$CORPUS" --tokenizer "$tok" --split $split --out "$WORK/shards"
done
# Stopped in its stable phase: what follows anneals.
"$PYTHON" pretrain.py --config "$CONFIG" --tokenizer "$tok" --shards "$WORK/shards" --out "$WORK/lm" --minutes 8.2 --stop-after 5.6 --batch-tokens 131072 --micro-tokens 32768 --short 1024

dataset() { # dataset NAME SPLIT SKIP DOCUMENTS: units, tokens and embeddings
  [ -e "$WORK/$1.npz" ] || "$PYTHON" dataset.py --corpus "$CORPUS" --tokenizer "$tok" --split "$2" --skip "$3" --documents "$4" --out "$WORK/$1.npz"
  [ -e "$WORK/$1.npy" ] || "$PYTHON" distil.py embed --config "$CONFIG" --encoder "$WORK/encoder.pt" --data "$WORK/$1.npz" --out "$WORK/$1.npy"
}
# The labels were made of the first 2,500 documents.
dataset train train 2500 16000
dataset plan train 18500 11248
dataset last train 29748 2200
dataset valid valid 0 500
dataset test test 0 100000
[ -e "$WORK/planner.pt" ] || "$PYTHON" planner.py --config "$CONFIG" --epochs 2 --data "$WORK/plan.npz" --embeddings "$WORK/plan.npy" --valid "$WORK/valid.npz" \
  --valid-embeddings "$WORK/valid.npy" --labels "$WORK/labels" --out "$WORK/planner.pt"

trained=(--lm "$WORK/lm/lm.pt" --planner "$WORK/planner.pt")
# A long joint stage, in which planner and adapter learn their work and the LM learns its documents too well; and a short one, the table's row, for each seed and row.
joint train "${trained[@]}" --row soft-joint --oracle 0.4 --minutes 1.7 --batch-tokens 131072 --micro-tokens 32768 --out "$WORK/long.pt"
joint train "${trained[@]}" --row soft-joint fixed soft-frozen predicted straight-through uniform oracle none --seed 0 1 --steps 100 --batch-tokens 32768 --micro-tokens 32768 \
  --muon-lr 0.008 --adam-lr 1.2e-3 --out "$WORK/rows/{row}-{seed}.pt"
# The mean of both is better than either; then planner and adapter get used to it, on documents of their own.
[ -e "$WORK/mean.pt" ] || "$PYTHON" average.py --rows "$WORK/long.pt" "$WORK/rows/soft-joint-0.pt" --out "$WORK/mean.pt"
joint last --start "$WORK/mean.pt" --row soft-joint --oracle 0.4 --seed 1 --steps 64 --micro-tokens 4096 --unfreeze 0.02 --muon-lr 0.002 --adam-lr 3e-4 --planner-lr 1e-4 \
  --out "$WORK/shipped.pt"
"$PYTHON" evaluate.py --config "$CONFIG" --data "$WORK/test.npz" --embeddings "$WORK/test.npy" --labels "$WORK/labels" --tokenizer "$tok" \
  --rows "$WORK/shipped.pt" "$WORK"/rows/*.pt --tokens 250000 --out "$WORK/table.json"
"$PYTHON" export.py --config "$CONFIG" --tokenizer "$tok" --labels "$WORK/labels" --encoder "$WORK/encoder.pt" --row "$WORK/shipped.pt" --out "$WORK/model"
"$PYTHON" replay.py --corpus "$CORPUS" --model "$WORK/model"
