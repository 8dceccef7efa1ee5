-- After a run that was rolled back: what it left behind goes, and no checkpoint falls into the next one. Caller: run.sh, alike for both sides.
VACUUM;
CHECKPOINT;
