"""多维度查看: the volumes of a demand round by any of its dimensions, on a page and as a workbook."""
