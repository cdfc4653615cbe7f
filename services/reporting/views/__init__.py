"""What reporting answers: `facts` are the rows, `figures/*.sql` the definitions, `engine` runs them."""
