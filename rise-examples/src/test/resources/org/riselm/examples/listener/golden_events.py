"""Makes golden.tfevents with TensorBoard's own writer: python golden_events.py"""

import io
import pathlib

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

out = io.BytesIO()
writer = RecordWriter(out)
writer.write(Event(wall_time=1.5, file_version="brain.Event:2").SerializeToString())
for tag, step, wall_time, value in [
    ("train/loss", 1, 1.75, 0.5),
    ("train/loss", 300, 1764000000.25, -1e-6),
    ("größe/π", 1 << 40, 3.0, 1e30),
]:
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
    writer.write(Event(wall_time=wall_time, step=step, summary=summary).SerializeToString())
pathlib.Path(__file__).with_name("golden.tfevents").write_bytes(out.getvalue())
