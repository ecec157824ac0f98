"""What a duty officer needs, kept on the device for when the network is gone (docs/decisions/0017)."""
