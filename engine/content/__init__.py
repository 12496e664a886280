"""Templates, promotions and coupons."""
