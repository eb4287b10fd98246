"""Live pages: what arrives, moves or lapses shows without reloading.

A page asks the web for a ticket (`web.views.live`) and opens a stream with it. The streams live in one process of their
own (`app`), which reads from the record which desks and matters were touched (`source`) and tells those who hold a
ticket for them (`hub`). It tells that something moved, never what: the page then fetches itself anew through its
ordinary address, so that who may see what is decided where it always is.
"""
