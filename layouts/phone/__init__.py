"""The phone's pages: "how are we doing" in five seconds, held in one hand."""
