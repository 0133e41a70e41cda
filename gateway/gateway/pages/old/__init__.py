"""旧系统入口: plain pages of HTML 4.01, without script or style, that IE 7 reads as well as a text browser.

Cases begun before 31 August 2020 go on here, under the old rules, and nowhere else.
"""
