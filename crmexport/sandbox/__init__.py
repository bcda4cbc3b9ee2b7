"""What the sandboxes of all connectors share: an invented company and the shell of an HTTP server.

In: a seed and sizes, and a function that answers requests as one CRM would. Out: a server on loopback that also keeps a
ledger, tells the truth, and misbehaves when told to. It never meets the network and holds nothing that grows.
"""
