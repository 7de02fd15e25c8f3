"""Pages begun anew: what was asked for before, such as another page, comes first."""

from streamlit.testing.v1 import AppTest


def test_a_page_that_was_asked_for_meanwhile_comes_first() -> None:
    def page() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

        from app.components.again import draw_again

        context = get_script_run_ctx()
        assert context is not None
        assert context.script_requests is not None
        if "asked" not in st.session_state:
            st.session_state["asked"] = True
            wanted = RerunData(query_string="elsewhere", page_script_hash=context.page_script_hash)
            context.script_requests.request_rerun(wanted)
            draw_again()
        st.text(context.query_string)

    at = AppTest.from_function(page).run()
    assert not at.exception
    assert [text.value for text in at.text] == ["elsewhere"]
