-- Between two files: a script may have taken the owner's role.
reset role;
