# SPDX-License-Identifier: GPL-2.0
# tap.awk - count the results of test programs.  Input: their output, each
# between "## BEGIN name" and "## END name status".  A program that reports less
# than it planned, or ends badly without saying why, counts as failed; so does
# one of the names in EXPECTED that never ended.  Output: what is wrong or
# skipped, and a last line "passed failed skipped".

function problem(text) { print "FAILED  " name ": " text; failed++; bad++ }

# A program may print several plans, one after the other, or a plan at the end.
function close_plan() {
	if (plan > in_plan)
		for (i = in_plan + 1; i <= plan; i++)
			problem("test " i " of " plan " did not report")
	plan = -1
	in_plan = 0
}

function begin(n) {
	name = n
	plan = -1
	seen = in_plan = bad = sums = sum_passed = sum_failed = skipped_all = 0
	open = 1
}

function end(status) {
	close_plan()
	# a program that prints sums and no TAP
	if (!seen && sums) {
		passed += sum_passed
		for (i = 0; i < sum_failed; i++)
			problem("one of its tests")
	}
	if (!seen && !sums && !skipped_all)
		problem("reported no test")
	else if (status != 0 && !(status == 4 && !bad) && !bad)
		problem("ended with status " status)
	open = 0
	ended[name] = 1
}

function result(line) {
	if (line ~ /# *(SKIP|skip)/) {
		print "skipped " name ": " line
		skipped++
	} else if (line ~ /^not ok/) {
		problem(line)
	} else {
		passed++
	}
	seen++
	in_plan++
}

{ sub(/\r$/, "") }
/^## BEGIN / { if (open) end("unknown"); begin($3); next }
/^## END / { if (open) end($4); next }
!open { next }
/^1\.\.0/ { print "skipped " name ": all"; skipped++; skipped_all = 1; next }
/^1\.\.[0-9]+/ {
	count = $1
	sub(/^1\.\./, "", count)
	trailing = plan < 0 && in_plan > 0
	if (!trailing)
		close_plan()
	plan = count + 0
	if (trailing)
		close_plan()
	next
}
/^(not )?ok( |$)/ { result($0); next }
/^[0-9]+ passed, [0-9]+ failed/ {
	sums++
	sum_passed += $1
	sum_failed += $3
}

END {
	if (open)
		end("unknown")
	count = split(EXPECTED, expected, " ")
	for (i = 1; i <= count; i++) {
		name = expected[i]
		if (!(name in ended))
			problem("did not run to its end")
	}
	printf "%d %d %d\n", passed, failed, skipped
}
