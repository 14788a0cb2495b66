"""Stage `outfit`: what each character wears in each shot, and what people call it."""
