"""The desk: pages for those who set targets, close periods and try out pay. Facts in, components out."""
