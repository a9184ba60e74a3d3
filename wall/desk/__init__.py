"""The desk: what its pages do. Facts are gathered here, steps are taken here; `layouts.desk` shows them."""
