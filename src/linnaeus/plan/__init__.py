"""What a run would cost before it is made: calls, tokens, money and time, as ranges."""
