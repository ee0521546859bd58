"""What leaves these pages when people share them: pictures, feeds, cards for other sites."""
