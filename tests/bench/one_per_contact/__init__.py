"""The baseline: the coupon journey as one workflow per contact, the way it is usually written on Temporal.

It writes the same rows through the same tables, templates and sandbox provider as Wend does, one contact at a time.
"""
