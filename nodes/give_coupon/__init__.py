"""Act: give the contact a coupon."""
