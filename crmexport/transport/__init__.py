"""One plain session, and coats worn over it: each concern of asking (pace, retry, sign-in …) is a transport itself.

In: a request value. Out: a whole answer whose verdict is ANSWER, or a failure that says what to do next. No coat knows
a CRM, and no connector knows a coat.
"""
