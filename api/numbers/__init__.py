"""The numbers of a journey: who entered, who stands where, who left by which port, who ended how."""
