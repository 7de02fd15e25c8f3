"""The Layerloom designer: pages in the browser, the services behind them, and the training worker."""
