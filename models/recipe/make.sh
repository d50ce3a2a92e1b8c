#!/usr/bin/env bash
# Makes a model from the corpus, step by step; a long step whose output exists is not repeated.
#   CORPUS=path/to/corpus ./make.sh
# One H200: CONFIG=configs/base.json DEVICE=cuda BATCH=131072 MICRO=32768 MINUTES=8.2 STOP=5.6 STEPS=100 JOINT_BATCH=32768 ./make.sh
# Pre-training stops in its stable phase (after STOP of the MINUTES that its schedule is laid out for); the joint stage anneals.
set -euo pipefail
cd "$(dirname "$0")"
CORPUS=${CORPUS:?the folder of the corpus}
CONFIG=${CONFIG:-configs/starter.json}
WORK=${WORK:-work}
MINUTES=${MINUTES:-83}
STOP=${STOP:-43}
DEVICE=${DEVICE:-cpu}
BATCH=${BATCH:-8192}
MICRO=${MICRO:-8192}
JOINT_BATCH=${JOINT_BATCH:-8192}
STEPS=${STEPS:-1050}
DOCUMENTS=${DOCUMENTS:-9000}
PLAN_DOCUMENTS=${PLAN_DOCUMENTS:-4500}
ORACLE=${ORACLE:-0.15}
ROWS=${ROWS:-none fixed uniform oracle predicted soft-frozen straight-through soft-joint}
PYTHON=${PYTHON:-python3}
# Empty where the teacher cannot be had (see README.md: reuse.py).
TEACHER=${TEACHER---teacher-embeddings}
mkdir -p "$WORK"
source ./shared.sh

step() { # step OUTPUT COMMAND…
  local out=$1
  shift
  if [ -e "$out" ]; then return; fi
  echo "== $out"
  "$@"
}

tok=$WORK/tokenizer.json
step "$tok" "$PYTHON" tokenizer.py --corpus "$CORPUS" --out "$tok"
for split in train valid test; do
  step "$WORK/shards/$split-general-0.bin" "$PYTHON" shards.py --corpus "$CORPUS" --tokenizer "$tok" --split $split --out "$WORK/shards"
done
# Pre-training keeps its own checkpoints and its own account of the minutes.
"$PYTHON" pretrain.py --config "$CONFIG" --tokenizer "$tok" --shards "$WORK/shards" --out "$WORK/lm" --minutes "$MINUTES" --stop-after "$STOP" \
  --device "$DEVICE" --batch-tokens "$BATCH" --micro-tokens "$MICRO" $TEACHER

step "$WORK/train.npz" "$PYTHON" dataset.py --corpus "$CORPUS" --tokenizer "$tok" --split train --documents "$DOCUMENTS" --out "$WORK/train.npz"
for split in valid test; do
  step "$WORK/$split.npz" "$PYTHON" dataset.py --corpus "$CORPUS" --tokenizer "$tok" --split $split --out "$WORK/$split.npz"
done
# Not needed where the encoder is another model's (reuse.py).
[ -e "$WORK/encoder.pt" ] || step "$WORK/distilled.pt" "$PYTHON" distil.py train --units 200000 --epochs 3 --config "$CONFIG" --tokenizer "$tok" --data "$WORK/train.npz" --out "$WORK/distilled.pt" --device "$DEVICE"
step "$WORK/encoder.pt" "$PYTHON" act_encoder.py --epochs 4 --config "$CONFIG" --encoder "$WORK/distilled.pt" --data "$WORK/train.npz" --out "$WORK/encoder.pt" --device "$DEVICE"
for split in train valid test; do
  step "$WORK/$split.npy" "$PYTHON" distil.py embed --config "$CONFIG" --encoder "$WORK/encoder.pt" --data "$WORK/$split.npz" --out "$WORK/$split.npy" --device "$DEVICE"
done
units=(--config "$CONFIG" --data "$WORK/train.npz" --embeddings "$WORK/train.npy" --valid "$WORK/valid.npz" --valid-embeddings "$WORK/valid.npy")
step "$WORK/labels/labels.json" "$PYTHON" labels.py "${units[@]}" --fit 100000 --tokenizer "$tok" --corpus "$CORPUS" --out "$WORK/labels"
# The planner learns from documents that the joint stage does not read, so that its plans are there as good as they will be on new documents, and no better.
step "$WORK/plan.npz" "$PYTHON" dataset.py --corpus "$CORPUS" --tokenizer "$tok" --split train --skip "$DOCUMENTS" --documents "$PLAN_DOCUMENTS" --out "$WORK/plan.npz"
step "$WORK/plan.npy" "$PYTHON" distil.py embed --config "$CONFIG" --encoder "$WORK/encoder.pt" --data "$WORK/plan.npz" --out "$WORK/plan.npy" --device "$DEVICE"
step "$WORK/planner.pt" "$PYTHON" planner.py --epochs 2 --config "$CONFIG" --data "$WORK/plan.npz" --embeddings "$WORK/plan.npy" --valid "$WORK/valid.npz" \
  --valid-embeddings "$WORK/valid.npy" --labels "$WORK/labels" --out "$WORK/planner.pt" --device "$DEVICE"

trained=(--lm "$WORK/lm/lm.pt" --planner "$WORK/planner.pt" --steps "$STEPS" --batch-tokens "$JOINT_BATCH" --micro-tokens "$MICRO" --device "$DEVICE")
# Rows that are there already are not trained again.
joint train "${trained[@]}" --row $ROWS --out "$WORK/rows/{row}.pt"
# What ships: soft-joint, with some units told their true label, so that pins are obeyed.
step "$WORK/rows/shipped.pt" joint train "${trained[@]}" --row soft-joint --oracle "$ORACLE" --out "$WORK/rows/shipped.pt"
step "$WORK/table.json" "$PYTHON" evaluate.py --config "$CONFIG" --data "$WORK/test.npz" --embeddings "$WORK/test.npy" --labels "$WORK/labels" \
  --tokenizer "$tok" --rows "$WORK"/rows/*.pt --tokens 250000 --device "$DEVICE" --out "$WORK/table.json"
"$PYTHON" ngram.py --shards "$WORK/shards" --data "$WORK/test.npz" --tokenizer "$tok" --train-tokens 20000000 --tokens 250080
"$PYTHON" export.py --config "$CONFIG" --tokenizer "$tok" --labels "$WORK/labels" --encoder "$WORK/encoder.pt" --row "$WORK/rows/shipped.pt" --out "$WORK/model"
"$PYTHON" replay.py --corpus "$CORPUS" --model "$WORK/model"
