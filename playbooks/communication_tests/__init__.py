"""Communication tests: is everybody whom a path calls really reached, and how soon."""
