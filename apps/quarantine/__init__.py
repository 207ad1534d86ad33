"""Every byte that a stranger sent is opened in a process of its own, with limits; here is the one means for it.

    answer = open_files("apps.exchange.files.uploads.openers:take", [upload], {"filename": name}, output=file)

An opener is a function `(inside, **arguments)` that is named by module and name, so that whoever asks never imports
what it opens files with. It runs in a process that was forked for this one file by a warm server without secrets,
database or network; what it answers is JSON, never an object.

    opening.py    open_files: what the asking process does
    turns.py      whose turn it is: one file of an account at a time, few at a machine
    warm.py       the server of this process, started when the first file comes
    server.py     that server: forks, kills what is overdue
    walls.py · landlock.py   what the forked process may cost and do
    inside.py     what an opener is handed
    pdf.py · rendering.py · office.py · pictures.py   what is hostile in a file, whoever keeps it
    codes.py · places.py   the QR codes on the pages of a PDF, and where they may stand
"""
