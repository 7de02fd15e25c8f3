"""What pages are put together from; may import streamlit."""
