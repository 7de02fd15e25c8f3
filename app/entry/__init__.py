"""The script that Streamlit runs.

It has a folder of its own: beside a folder called `pages` Streamlit would take each of our modules for a page
and, at an address such as /train, show that module in place of the designer.
"""
