# SPDX-License-Identifier: GPL-2.0
# table.awk - figures against bars.  First file: rows, as bench.sh writes them
#
#	part | section[; left : right] | what | ours | host IMA's | bar
#
# left and right are the heads of the two columns, if not "ours" and "host IMA";
# a figure is "state/operation" or a difference of two, and a bar is
# "ratio N", "N", or nothing.  Other files: what guest.sh prints.  Rows of parts
# that were not run are left out.

function median(list,   v, n, i, j, x) {
	n = split(list, v, " ")
	for (i = 2; i <= n; i++) {
		x = v[i] + 0
		for (j = i - 1; j > 0 && v[j] + 0 > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# The value of an expression, "" when it has none; sets missing.
function value(expression,   term, n, i) {
	n = split(expression, term, " - ")
	for (i = 1; i <= n; i++) {
		if (!(term[i] in figures)) {
			missing = 1
			return ""
		}
	}
	if (!n)
		return ""
	return median(figures[term[1]]) - (n == 2 ? median(figures[term[2]]) : 0)
}

function number(x, digits) { return x == "" ? "-" : sprintf("%.*f", digits, x) }

BEGIN { FS = "\t" }

FNR == NR { rows[++nr_rows] = $0; next }
/^# part / { parts[substr($0, 8)]; next }
/^# / { print substr($0, 3); next }
NF == 3 { figures[$1 "/" $2] = figures[$1 "/" $2] " " $3 }

END {
	for (r = 1; r <= nr_rows; r++) {
		split(rows[r], cell, "|")
		if (!(cell[1] in parts))
			continue
		missing = 0
		ours = value(cell[4])
		theirs = value(cell[5])
		if (cell[2] != section) {
			section = cell[2]
			n = split(section, head, /; | : /)
			printf "\n%-42s%14s%14s%8s  bar\n", head[1], (n == 3 ? head[2] : "ours"),
				(n == 3 ? head[3] : "host IMA"), "ratio"
		}
		ratio = ours != "" && theirs != "" && theirs ? ours / theirs : ""
		relative = sub(/^ratio /, "", cell[6])
		figure = relative ? ratio : ours
		verdict = ""
		if (missing)
			verdict = "NO FIGURE"
		else if (cell[6] != "")
			verdict = figure <= cell[6] + 0 ? "ok" : "OVER"
		barred += cell[6] != ""
		if (verdict ~ /[A-Z]/)
			bad[++nr_bad] = head[1] ": " cell[3]
		printf "  %-40s%14s%14s%8s  %-10s%s\n", cell[3], number(ours, 0), number(theirs, 0),
			number(ratio, relative && cell[6] < 0.1 ? 3 : 2),
			(cell[6] == "" ? "" : "<= " cell[6]), verdict
	}
	printf "\n%d of %d figures with a bar are over it or missing", nr_bad, barred
	for (r = 1; r <= nr_bad; r++)
		printf "%s%s", (r == 1 ? ": " : "; "), bad[r]
	print "."
}
