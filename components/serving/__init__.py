"""What stands between the network and Streamlit (网关): gate, headers, first page, sign-in."""
