"""What the pages call: projects, data sets, jobs, runs and files, without a word of Streamlit.

Nothing is imported here, so that the command line and the worker load only the parts they use.
"""
