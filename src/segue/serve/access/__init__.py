"""Who may do what here: sign-in, keys, how often they may be tried, and who asks.

caller      who asks, as every route knows it
needed      which scope an address needs
middleware  finds out who asks and refuses what they may not
cookies     what a browser that is signed in sends
throttle    how often a password may be tried
rates       how often a key may ask
sharing     which other sites' scripts may ask (CORS)
opening     whether the server may stand open beyond this machine
"""
