"""Stage `selection`: which pictures are taken, and which of them are held out, before anything is made of them."""
