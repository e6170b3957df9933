// Called by an inline policy, which is part of the route's configuration.
export const handler = async ({ path }) => {
  console.log('hello');
  return { hello: path };
};
